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
  version.value = answer.version;
  saved = ""; // the server has something else
  if (!answer.body && isEmpty) return save(); // nothing of it was on this page
  isWaiting = true;
  text.textContent = answer.body;
  for (const part of other.querySelectorAll("[data-draft-has-text]")) part.hidden = !answer.body;
  other.hidden = false;
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
  isWaiting = false;
  save();
};

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
};

form.addEventListener("input", later);
form.addEventListener("submit", () => {
  isDone = true;
  removeEventListener("beforeunload", ask);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
});
// On Back, the browser may fill in what was in the box, even if it was sent in the meantime.
addEventListener("pageshow", (event) => {
  if (event.persisted && isDone) return location.reload();
  if (content() === saved) return;
  const letters = (words) => words.normalize().replace(/\s/g, "");
  const sent = [...document.querySelectorAll(".is-mine .message-body")];
  if (!cameBack && sent.some((each) => letters(each.textContent) === letters(body.value))) {
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
