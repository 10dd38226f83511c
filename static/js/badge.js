// Keeps the count of unread messages in the header right, on pages that don't follow the news
// themselves (news.js): asks every 30 seconds while the page is in view and was used in the last
// 10 minutes.
const EVERY = 30000; // milliseconds, like the rest
const IDLE = 600000;

const { badge } = document.querySelector("[data-badge]").dataset;
const counts = document.querySelectorAll("[data-unread-count]");
let used = Date.now();
let asked = Date.now();
let isOver = false; // the session is
let timer;

const ask = async () => {
  asked = Date.now();
  try {
    const answer = await fetch(badge, { redirect: "manual" });
    isOver = answer.type === "opaqueredirect";
    if (!answer.ok) return;
    const { unread } = await answer.json();
    for (const count of counts) {
      count.textContent = unread;
      count.parentElement.hidden = !unread;
    }
  } catch {
    // it asks again
  }
};

const plan = () => {
  clearTimeout(timer);
  if (document.hidden || isOver || Date.now() - used >= IDLE) return;
  timer = setTimeout(() => ask().then(plan), Math.max(0, asked + EVERY - Date.now()));
};

const use = () => {
  const wasIdle = Date.now() - used >= IDLE;
  used = Date.now();
  if (wasIdle) plan();
};

for (const type of ["pointerdown", "pointermove", "keydown"]) addEventListener(type, use, { passive: true });
document.addEventListener("visibilitychange", plan);
plan();
