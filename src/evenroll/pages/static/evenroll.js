// What scripts add to pages that work without them: hints of the look, and the focus on an error summary.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
