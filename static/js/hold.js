// Counts down the time we hold for someone: in words, as a shrinking line, and, if a part of the
// page has role="status", aloud when it's about to end and when it has ended. Checks every 15
// seconds, and when part of the page is replaced.
const SOON = 120; // seconds

const words = (seconds) => {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "1 more minute" : `${minutes} more minutes`;
};

const reveal = (parts, seen) => {
  for (const part of parts) part.hidden = !seen;
};

const count = (hold) => {
  const left = Number(hold.dataset.holdUntil) - Date.now() / 1000;
  for (const place of hold.querySelectorAll("[data-hold-minutes]")) {
    // Only when it changes, so a screen reader doesn't repeat it.
    if (place.textContent !== words(left)) place.textContent = words(left);
  }
  for (const line of hold.querySelectorAll("progress.ebb")) {
    line.value = Math.max(0, Math.min(line.max, left / 60));
  }
  reveal(hold.querySelectorAll("[data-hold-over]"), left <= 0);
  reveal(hold.querySelectorAll("[data-hold-soon]"), left > 0 && left <= SOON);
  reveal(hold.querySelectorAll("[data-hold-running]"), left > 0);
};

const show = () => document.querySelectorAll("[data-hold-until]").forEach(count);

show();
setInterval(show, 15000);
document.addEventListener("htmx:afterSettle", show);
