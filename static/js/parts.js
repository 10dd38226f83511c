// What a page that changes in part tells its readers, on top of htmx: that a part is loading, that
// it's there, or that it failed. Screen readers read [data-announce]: its own words, or the answer's.
const say = (wordsOf) => {
  for (const status of document.querySelectorAll("[data-announce]")) status.textContent = wordsOf(status);
};

// The preview updates with each edit, so it doesn't need a button.
for (const button of document.querySelectorAll("[data-preview-button]")) button.hidden = true;

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.path = detail.path.split("#")[0]; // the page stays where it is
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  say(() => ""); // so screen readers read the same words again
  detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  say((status) => status.dataset.announce || status.textContent);
  // If the part with the focus was replaced, move the focus to the new part.
  if (document.activeElement !== document.body) return;
  detail.target.querySelector("[data-arrive]")?.focus({ preventScroll: true });
});

// The status next to a form says that it failed. A link goes there the way it would without htmx.
const failed = ({ target, detail }) => {
  const words = target.dataset.failed;
  if (!words) return location.assign(detail.pathInfo.finalRequestPath);
  detail.target.textContent = words;
  say(() => words);
};
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);

// A whole page in place of a part is a different answer than we asked for: a login, a refusal.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  failed({ target: detail.requestConfig.elt, detail });
});
