// Counts down the time kept for someone, in words and as the line that ebbs. Looks every 15 seconds,
// and when a part of the page is new.
const words = (seconds) => {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "1 more minute" : `${minutes} more minutes`;
};

const show = () => {
  const hold = document.querySelector("[data-hold-until]");
  if (!hold) return;
  const left = Number(hold.dataset.holdUntil) - Date.now() / 1000;
  for (const place of hold.querySelectorAll("[data-hold-minutes]")) {
    // Written only when it changes, so that a screen reader does not repeat it.
    if (place.textContent !== words(left)) place.textContent = words(left);
  }
  for (const line of hold.querySelectorAll("progress.ebb")) {
    line.value = Math.max(0, Math.min(line.max, left / 60));
  }
  const over = left <= 0;
  for (const part of hold.querySelectorAll("[data-hold-over]")) part.hidden = !over;
  for (const part of hold.querySelectorAll("[data-hold-running]")) part.hidden = over;
};

show();
setInterval(show, 15000);
document.addEventListener("htmx:afterSettle", show);
