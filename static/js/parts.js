// What a page that changes in part tells its readers, beside htmx: that a part is on its way, that a
// new one is there, and that none came. Server and page say the words: [data-said] is read out.
const clear = () => {
  for (const said of document.querySelectorAll("[data-said]")) said.textContent = "";
};

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.path = detail.path.split("#")[0]; // the page stays where it is
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  clear(); // so that the same words are read out again
  detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));

// Where the focus went away with what was replaced, it comes to what is new.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (document.activeElement !== document.body) return;
  detail.target.querySelector("[data-arrive]")?.focus({ preventScroll: true });
});

// A whole page in place of a part is another answer than the one asked for: a log-in, a refusal.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  detail.isError = true;
});

// A link or a form that gets something leads there as it would have without htmx.
const failed = ({ target, detail }) => {
  const words = target.dataset.failed;
  if (words) detail.target.textContent = words;
  else location.assign(detail.pathInfo.finalRequestPath);
};
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:sendError", failed);
