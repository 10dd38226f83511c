// What a page that changes in part tells its readers, beside htmx: that a part is on its way, that a
// new one is there, or that none came. [data-announce] is read out: its own words, or the answer's.
const say = (wordsOf) => {
  for (const status of document.querySelectorAll("[data-announce]")) status.textContent = wordsOf(status);
};

// What shows itself with each edit needs no button.
for (const button of document.querySelectorAll("[data-preview-button]")) button.hidden = true;

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.path = detail.path.split("#")[0]; // the page stays where it is
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  say(() => ""); // so that the same words are read out again
  detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  say((status) => status.dataset.announce || status.textContent);
  // Where the focus went away with what was replaced, it comes to what is new.
  if (document.activeElement !== document.body) return;
  detail.target.querySelector("[data-arrive]")?.focus({ preventScroll: true });
});

// What stands beside a form says that it failed. A link leads there as it would have without htmx.
const failed = ({ target, detail }) => {
  const words = target.dataset.failed;
  if (!words) return location.assign(detail.pathInfo.finalRequestPath);
  detail.target.textContent = words;
  say(() => words);
};
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);

// A whole page in place of a part is another answer than the one asked for: a log-in, a refusal.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  failed({ target: detail.requestConfig.elt, detail });
});
