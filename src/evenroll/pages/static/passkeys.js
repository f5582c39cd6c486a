// Asks the browser for a passkey, and sends what it answers by the form of the page.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function made(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) } };
  publicKey.excludeCredentials = named(options.excludeCredentials);
  const found = await navigator.credentials.create({ publicKey });
  return { clientDataJSON: text(found.response.clientDataJSON), attestationObject: text(found.response.attestationObject), found };
}

async function proved(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    ...(userHandle ? { userHandle: text(userHandle) } : {}),
    found,
  };
}

const form = document.querySelector("[data-passkey]");
const told = { failed: "[data-passkey-failed]", there: "[data-passkey-there]" };

function tell(which) {
  for (const [name, selector] of Object.entries(told)) {
    const each = document.querySelector(selector);
    if (each) each.hidden = name !== which;
  }
}

let isAsking = false;

async function ask() {
  const { publicKey } = JSON.parse(form.dataset.options);
  const { found, ...response } = await (form.dataset.passkey === "add" ? made : proved)(publicKey);
  form.elements.answer.value = JSON.stringify({
    id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {},
  });
  form.submit();
}

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  document.querySelector("[data-passkey-without]").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // A second question would make the browser take back the first.
    if (isAsking) return;
    isAsking = true;
    tell("");
    try {
      await ask();
    } catch (error) {
      // So browsers name it when the device has a passkey of this person already.
      tell(form.dataset.passkey === "add" && error.name === "InvalidStateError" ? "there" : "failed");
    }
    isAsking = false;
  });
}
