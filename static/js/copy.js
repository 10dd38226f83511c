// A button beside an input that copies what is in it; without a script there is no such button.
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("span");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(input.value);
      words.textContent = "Copied";
    } catch {
      input.select();
      words.textContent = "Press Ctrl+C";
    }
  });
}
