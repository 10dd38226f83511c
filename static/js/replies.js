// Puts a saved reply in the box where the cursor is, beside what's typed. Without it, the same
// buttons send the form, and the page comes back with the reply in the box.
const { body } = document.getElementById("write").elements;
let wasUsed = false; // before that, the cursor is nowhere: a reply goes to the end

body.addEventListener("focus", () => { wasUsed = true; });
document.querySelector("[data-replies]").addEventListener("click", (event) => {
  const button = event.target.closest("[data-text]");
  if (!button) return;
  event.preventDefault();
  if (body.readOnly) return; // it's being sent
  const at = wasUsed ? body.selectionEnd : body.value.length;
  const before = /\S$/.test(body.value.slice(0, at)) ? "\n" : "";
  const after = /^\S/.test(body.value.slice(at)) ? "\n" : "";
  body.setRangeText(before + button.dataset.text + after, at, at, "end");
  body.dispatchEvent(new Event("input", { bubbles: true })); // a draft is saved
  body.focus();
});
