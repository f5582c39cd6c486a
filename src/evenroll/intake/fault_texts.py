"""The sentences of row faults in English and Spanish: what is wrong, and what cures it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from evenroll.enrollment.form import Language
from evenroll.intake.application import FaultCode as F
from evenroll.intake.application import RowFault
from evenroll.programs.text import Text


def fault_text(fault: RowFault, *, language: Language = Language.EN) -> str:
    """One fault as a sentence with row, column and cure; never with the value."""
    text = FAULT_TEXTS[fault.code]
    said = text.en if language is Language.EN else text.es
    row, field = ("Row", "field") if language is Language.EN else ("Fila", "campo")
    where = f"{row} {fault.row}, {field} {fault.column}" if fault.column else f"{row} {fault.row}"
    return f"{where}: {said.format(choices=', '.join(fault.choices) or '-')}"


def _text(en: str, es: str) -> Text:
    return Text(en=en, es=es)


FAULT_TEXTS: Final[Mapping[F, Text]] = MappingProxyType(
    {
        F.NOT_JSON: _text(
            "the line is no JSON. Write one object per line.", "la línea no es JSON. Escriba un objeto por línea."
        ),
        F.NOT_AN_OBJECT: _text(
            "the line is JSON but no object. Write {{...}} with the names of the columns.",
            "la línea es JSON pero no un objeto. Escriba {{...}} con los nombres de las columnas.",
        ),
        F.UNKNOWN_COLUMN: _text(
            "no column has this name. Correct it (nearest: {choices}) or leave it out.",
            "ninguna columna se llama así. Corríjala (más parecida: {choices}) u omítala.",
        ),
        F.FORBIDDEN_COLUMN: _text(
            "no input may say who is authenticated or what was decided. Leave it out.",
            "ninguna entrada puede decir quién está autenticado ni qué se decidió. Omítala.",
        ),
        F.TOO_MANY_CELLS: _text(
            "it has more cells than the header. Put cells that hold a separator into quotation marks.",
            "tiene más celdas que el encabezado. Ponga entre comillas las celdas que contienen un separador.",
        ),
        F.NOT_A_TEXT: _text("it must be a text.", "debe ser un texto."),
        F.NOT_A_CODE: _text(
            "it is kept for good and takes a code, not a name. Write the code of the person, such as desk-3.",
            "se conserva siempre y admite un código, no un nombre. Escriba el código de la persona, como desk-3.",
        ),
        F.TOO_LONG: _text(
            "it is longer than {choices} characters. Shorten it.", "tiene más de {choices} caracteres. Acórtelo."
        ),
        F.APPLICATION_TWICE: _text(
            "row {choices} has the same name with other content. Give each application a name of its own.",
            "la fila {choices} tiene el mismo nombre con otro contenido. Dé a cada solicitud un nombre propio.",
        ),
        F.CONTROL_CHARACTER: _text(
            "it holds a character that cannot be printed. Type it again.",
            "contiene un carácter que no se puede imprimir. Escríbalo de nuevo.",
        ),
        F.MISSING: _text("it is missing and every row needs it. Add it.", "falta y toda fila lo necesita. Añádalo."),
        F.NOT_A_CHOICE: _text(
            "it is none of {choices}. Write one of these.", "no es ninguno de {choices}. Escriba uno de ellos."
        ),
        F.NOT_A_DATE: _text(
            "it is no day. Write it as 2026-03-31 or 3/31/2026.", "no es una fecha. Escríbala como 2026-03-31."
        ),
        F.NOT_AN_AMOUNT: _text(
            "it is no amount in dollars and cents from 0 to 999,999.99. Write it as 84.20.",
            "no es un importe en dólares y centavos de 0 a 999,999.99. Escríbalo como 84.20.",
        ),
        F.NOT_A_MODEL: _text(
            "it is no name of a model. Write letters, digits, spaces and . & ' _ / # + - ( ) , only, as in Prius "
            "Prime (2024).",
            "no es el nombre de un modelo. Escriba solo letras, cifras, espacios y . & ' _ / # + - ( ) , como en "
            "Prius Prime (2024).",
        ),
        F.NOT_A_RECEIPT: _text(
            "it is no receipt number. Write letters, digits and . _ / # : - without spaces, as in R-2026-17.",
            "no es un número de recibo. Escriba letras, cifras y . _ / # : - sin espacios, como en R-2026-17.",
        ),
        F.NOT_A_NUMBER: _text(
            "it is no number. Write it in digits, as it was given.",
            "no es un número. Escríbalo en cifras, tal como se dio.",
        ),
        F.NOT_YES_OR_NO: _text("it is neither yes nor no. Write one of them.", "no es ni yes ni no. Escriba uno."),
        F.NOT_A_SELECTION: _text(
            "it is no selection. Write key=option; key=option.", "no es una selección. Escriba clave=opción."
        ),
        F.NOT_A_STATEMENT: _text(
            "it is no statement. Write name=yes; name=no, with the names that are known.",
            "no es una declaración. Escriba nombre=yes; nombre=no, con los nombres que se conocen.",
        ),
        F.POSTAL_CODE_WRONG: _text(
            "a postal code has five digits, also with zeros in front. Write all five (or nine as 12345-6789).",
            "un código postal tiene cinco dígitos, también con ceros delante. Escríbalos todos.",
        ),
        F.EMAIL_WRONG: _text(
            "it is no e-mail address. Copy it again.", "no es un correo electrónico. Cópielo de nuevo."
        ),
        F.PHONE_WRONG: _text(
            "a phone number has ten digits with its area code. Write all of them.",
            "un teléfono tiene diez dígitos con su prefijo. Escríbalos todos.",
        ),
        F.VIN_LENGTH: _text(
            "a VIN has 17 characters. Copy it from the registration card.",
            "un VIN tiene 17 caracteres. Cópielo de la tarjeta de circulación.",
        ),
        F.VIN_CHARACTER: _text(
            "a VIN holds digits and letters other than I, O and Q. Copy it from the registration card.",
            "un VIN tiene dígitos y letras salvo I, O y Q. Cópielo de la tarjeta de circulación.",
        ),
        F.VIN_CHECK: _text(
            "a character of this VIN is wrong or swapped: its check digit does not fit. Copy it again.",
            "un carácter de este VIN es erróneo: su dígito de control no concuerda. Cópielo de nuevo.",
        ),
        F.RECEIVED_IN_FUTURE: _text(
            "it was received on a day that has not come yet. Correct the day.",
            "se recibió en un día que aún no llega. Corrija la fecha.",
        ),
        F.AUTHORIZATION_MISSING: _text(
            "a row of a bulk file comes from another than the customer. Hold a letter of authorization and name "
            "letter_of_authorization here.",
            "una fila de un archivo no viene del cliente mismo. Tenga una carta de autorización e indique aquí "
            "letter_of_authorization.",
        ),
        F.KEYING_INCOMPLETE: _text(
            "a second keying stands without a first. Name who keyed the form first.",
            "hay una segunda captura sin la primera. Indique quién capturó primero.",
        ),
        F.SAME_PERSON_KEYED: _text(
            "the same person keyed the form twice. Let another person key it.",
            "la misma persona capturó dos veces. Que otra persona lo capture.",
        ),
        F.ORGANIZATION_OTHER: _text(
            "the whole file was given for {choices}, and this row names another. Correct it, or give the file without "
            "--organization.",
            "todo el archivo se dio para {choices}, y esta fila nombra otra. Corríjala, o dé el archivo sin "
            "--organization.",
        ),
        F.ORGANIZATION_UNKNOWN: _text(
            "no such organization takes applications here. Write one of {choices}.",
            "ninguna organización así recibe solicitudes aquí. Escriba una de {choices}.",
        ),
        F.PROGRAM_UNKNOWN: _text(
            "no program has this key. Write one of {choices}, or nothing to be shown all.",
            "ningún programa tiene esta clave. Escriba una de {choices}, o nada para verlos todos.",
        ),
    }
)
