// Keeps what you type in a conversation on the server: shortly after the last key, and when you
// leave the page. If another tab saved something else, it asks which of the two to keep.
const PAUSE = 1500; // milliseconds
const OFFLINE = "we can’t reach the site.";
const SIGNED_OUT = "you’re signed out. Press “Send message” to sign in, and we’ll put this back.";
const BROKEN = "something went wrong. Copy what you wrote before you leave this page.";

const form = document.querySelector("form[data-draft]");
const { body, version } = form.elements;
const find = (name) => form.querySelector(`[data-draft-${name}]`);
const status = find("status"), other = find("other"), text = find("text");
const content = () => JSON.stringify(["topic", "appointment", "body"].map((name) => form.elements[name]?.value));
const ask = (event) => event.preventDefault();

const cameBack = form.hasAttribute("data-came-back");

let saved = cameBack || body.value !== body.defaultValue ? "" : content();
let isEmpty = cameBack || !body.defaultValue; // what the server has
let isDone = false; // sent, or signed out
let isWaiting = false; // for a choice between two versions
let seen; // the number of the other version
let running, timer;

const say = (words) => {
  if (status.textContent !== words) status.textContent = words; // a screen reader says it once
};

const fail = (words) => {
  say(`Not saved: ${words}`);
  addEventListener("beforeunload", ask);
};

const succeed = (sent, answer) => {
  saved = sent;
  isEmpty = !JSON.parse(sent)[2].trim();
  version.value = answer.version;
  removeEventListener("beforeunload", ask);
  say(isEmpty ? "" : "Draft saved");
};

const differ = (answer) => {
  saved = ""; // the server has something else
  seen = answer.version;
  if (!answer.body && isEmpty) return choose(); // nothing of it was on this page
  isWaiting = true;
  text.textContent = answer.body;
  for (const part of other.querySelectorAll("[data-draft-has-text]")) part.hidden = !answer.body;
  other.hidden = false;
  other.scrollIntoView({ block: "nearest" });
  fail(answer.message);
};

const settle = async (response, sent) => {
  if (response.type === "opaqueredirect") {
    isDone = true;
    return fail(SIGNED_OUT);
  }
  const answer = await response.json().catch(() => ({ message: BROKEN }));
  if (response.ok) return succeed(sent, answer);
  if (response.status === 410) return say(answer.message);
  return response.status === 409 ? differ(answer) : fail(answer.message);
};

async function save() {
  clearTimeout(timer);
  const sent = content();
  if (isDone || isWaiting || sent === saved) return;
  running?.abort(); // the newer one is the one to keep
  running = new AbortController();
  const { signal } = running;
  const request = { method: "POST", body: new FormData(form), redirect: "manual", keepalive: true, signal };
  try {
    await settle(await fetch(form.dataset.draft, request), sent);
  } catch (error) {
    if (!signal.aborted) fail(OFFLINE);
  }
}

const choose = () => {
  version.value = seen; // not before: whoever sends without a choice leaves the other version be
  isWaiting = false;
  save();
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
};

const letters = (words) => words.normalize().replace(/\s/g, "");
const isInBox = (message) => letters(message.querySelector(".message-body").textContent) === letters(body.value);

// What's in the box was sent, from another tab or by a try whose answer was lost.
const empty = () => {
  clearTimeout(timer);
  running?.abort();
  body.value = "";
  for (const topic of form.querySelectorAll("[name=topic]")) topic.checked = false;
  if (form.elements.appointment) form.elements.appointment.value = "";
  saved = content();
  other.hidden = true;
  isWaiting = false;
  isEmpty = true;
  isDone = false;
  removeEventListener("beforeunload", ask);
  form.dispatchEvent(new Event("sent"));
};

document.addEventListener("arrived", ({ detail }) => {
  const mine = detail.filter((line) => line.matches(".message.is-mine"));
  const isOwn = mine.some((line) => line.id === `message-${form.elements.uuid.value}`);
  const isThere = body.value.trim() && mine.some(isInBox);
  if (isOwn) {
    form.elements.uuid.value = crypto.randomUUID(); // the next message is another one
    isEmpty = true;
  }
  if (!isThere) return;
  empty();
  say("You sent this already. It’s above.");
});

form.addEventListener("input", later);
form.addEventListener("submit", () => {
  isDone = true;
  removeEventListener("beforeunload", ask);
});
form.addEventListener("unsent", () => {
  isDone = false;
  later();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});
// On Back, the browser may fill in what was in the box, even if it was sent in the meantime.
addEventListener("pageshow", (event) => {
  if (event.persisted && isDone) return location.reload();
  if (content() === saved) return;
  if (!cameBack && [...document.querySelectorAll(".message.is-mine")].some(isInBox)) {
    form.reset();
    saved = content();
  }
  later();
});
find("use").addEventListener("click", () => {
  [body.value, text.textContent] = [text.textContent, body.value];
  choose();
});
find("keep").addEventListener("click", () => {
  other.hidden = true;
  body.focus();
  choose();
});
