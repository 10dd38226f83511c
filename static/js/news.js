// Asks for news while the page is in view: every 4 seconds if it was used in the last 10 minutes,
// else every 30. New messages, changed requests and the list come as parts of the page, and the
// count in the header follows. Two asks in a row without an answer, or the end of the session, are shown.
const QUICK = 4000; // milliseconds, like the rest
const SLOW = 30000;
const IDLE = 600000;
const PATIENCE = 10000;

const news = document.querySelector("[data-news]");
const threads = document.getElementById("threads");
const lines = document.getElementById("lines"); // only with a conversation's newest messages
const arrived = document.getElementById("arrived");
const below = document.querySelector(".thread-news");
const counts = [...document.querySelectorAll("[data-unread-count]")];

let newest = Number(threads.dataset.newest);
let unread = Number(counts[0].textContent);
let waiting = Number(threads.dataset.waiting);
let used = Date.now();
let failed = 0;
let isAsking = false;
let isOver = false;
let timer;

// The text of the answer, or null.
const get = async (address) => {
  try {
    const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    isOver = answer.type === "opaqueredirect"; // to the login
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
};

const count = (number) => {
  unread = number;
  for (const place of counts) {
    place.textContent = number;
    place.parentElement.hidden = !number;
  }
};

const isEndInView = () => {
  const { bottom } = lines.getBoundingClientRect();
  return bottom > 0 && bottom <= Math.min(innerHeight, lines.parentElement.getBoundingClientRect().bottom);
};

const add = (part) => {
  const wasInView = isEndInView();
  const added = [...part.children].filter((line) => !document.getElementById(line.id));
  lines.dataset.latest = part.dataset.latest;
  if (!added.length) return;
  const zone = lines.querySelector(".thread-zone");
  zone.before(...added);
  zone.hidden = false;
  lines.querySelector(".thread-start")?.remove();
  document.dispatchEvent(new CustomEvent("arrived", { detail: added }));
  if ("isNews" in part.dataset) arrived.textContent = arrived.dataset.words;
  if (wasInView) return lines.lastElementChild.scrollIntoView({ block: "nearest" });
  if (!("isNews" in part.dataset) || !below.hidden) return;
  below.firstElementChild.hash = added.find((line) => line.matches(":is(.message, .slip):not(.is-mine)")).id;
  below.hidden = false;
};

// Requests and offers that stand differently now, read out by their headings.
const replaceCards = (cards) => {
  for (const card of cards) {
    const shown = document.getElementById(card.id);
    if (!shown || shown.dataset.card === card.dataset.card) continue;
    const hadFocus = shown.contains(document.activeElement);
    shown.replaceWith(card);
    arrived.textContent = card.querySelector("header").textContent;
    if (!hadFocus) continue;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }
};

const replaceList = (list) => {
  const focused = threads.contains(document.activeElement) && document.activeElement.getAttribute("href");
  threads.replaceChildren(...list.childNodes);
  if (focused) threads.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
};

// Whether there was an answer. What's fetched for the conversation counts as read.
const follow = async (answer) => {
  const isNew = lines && (answer.latest > Number(lines.dataset.latest) || answer.changes !== lines.dataset.changes);
  const isSame = answer.newest === newest && answer.unread === unread && answer.waiting === waiting;
  if (!isNew && isSame) return true;
  if (document.hidden) return true;
  const address = new URL(news.dataset.parts, location);
  address.search = location.search;
  if (isNew) address.searchParams.set("after", lines.dataset.latest);
  const text = await get(address);
  if (text === null) return false;
  const parts = new DOMParser().parseFromString(text, "text/html");
  const list = parts.getElementById("threads");
  newest = answer.newest;
  waiting = answer.waiting;
  count(Number(list.dataset.unread));
  replaceList(list);
  if (!isNew) return true;
  lines.dataset.changes = answer.changes;
  const part = parts.getElementById("lines"); // none before the first message
  if (part) add(part);
  replaceCards([...parts.getElementById("cards").children]);
  return true;
};

const plan = () => {
  clearTimeout(timer);
  if (document.hidden || isOver) return;
  timer = setTimeout(ask, Date.now() - used < IDLE ? QUICK : SLOW);
};

const ask = async () => {
  if (isAsking || isOver || document.hidden) return;
  isAsking = true;
  if (arrived) arrived.textContent = ""; // so screen readers read the same words again
  const text = await get(news.dataset.news);
  const isAnswered = text !== null && (await follow(JSON.parse(text)));
  failed = isAnswered ? 0 : failed + 1;
  document.getElementById("offline").hidden = isOver || failed < 2;
  document.getElementById("signed-out").hidden = !isOver;
  isAsking = false;
  if (isAnswered || isOver) dispatchEvent(new Event("connected"));
  plan();
};

const use = () => {
  const wasIdle = Date.now() - used >= IDLE;
  used = Date.now();
  if (wasIdle) ask();
};

for (const type of ["pointerdown", "pointermove", "keydown"]) addEventListener(type, use, { passive: true });
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
below?.addEventListener("click", () => { below.hidden = true; });
document.addEventListener("scroll", () => { if (lines && isEndInView()) below.hidden = true; }, { capture: true, passive: true });
plan();
