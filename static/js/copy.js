// A button next to an input that copies what's in it; without JavaScript there's no button.
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
