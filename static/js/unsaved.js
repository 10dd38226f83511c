// Asks before you leave a page with something typed, but not sent, in a form with data-unsaved. With
// data-unsaved="yes" the form came back with what was typed, and counts as changed.
const forms = [...document.querySelectorAll("form[data-unsaved]")];
const typed = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
const saved = new Map(forms.map((form) => [form, form.dataset.unsaved === "yes" ? "" : typed(form)]));
const ask = (event) => event.preventDefault();

// Listen only while there's something to lose, so the browser can keep the page for Back.
const watch = (sent) => {
  const lost = forms.some((form) => form !== sent && typed(form) !== saved.get(form));
  (lost ? addEventListener : removeEventListener)("beforeunload", ask);
};

for (const form of forms) form.addEventListener("input", () => watch());
addEventListener("submit", (event) => { if (!event.defaultPrevented) watch(event.target); });
addEventListener("pageshow", () => watch()); // also when Back restores the page
