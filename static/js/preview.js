// Shows what a form with data-preview would change, while it is filled in: posts it to that address
// and puts the answer in [data-preview-here]. The button that does the same goes away.
const form = document.querySelector("form[data-preview]");
const here = document.querySelector("[data-preview-here]");
const said = document.querySelector("[data-preview-said]");
const PAUSE = 350; // milliseconds without another edit
let timer;
let asked;

const ask = async () => {
  asked?.abort();
  asked = new AbortController();
  here.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.preview, { method: "POST", body, signal: asked.signal });
    if (!answer.ok) throw new Error(answer.status);
    here.innerHTML = await answer.text();
    said.textContent = "The preview has changed.";
  } catch (error) {
    if (error.name === "AbortError") return; // a later edit asks again
    here.textContent = "The preview can’t be shown right now. Nothing you typed is lost.";
  }
  here.removeAttribute("aria-busy");
};

if (form && here) {
  for (const button of form.querySelectorAll("[data-preview-button]")) button.hidden = true;
  form.addEventListener("input", () => {
    said.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}
