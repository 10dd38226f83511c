// Sends a message without leaving the page, so a dead connection loses nothing: it waits, says so,
// and sends once the site answers again. The form carries the message's uuid, so a try whose answer
// got lost is recognized and sent once. What the server refuses is sent like any form, for its page.
const PATIENCE = 20000; // milliseconds
const AWAY = 502; // from here on, no answer from the site itself

const form = document.getElementById("write");
const { body } = form.elements;
const waiting = form.querySelector("[data-send-waiting]");
let current = null; // the AbortController of the message that's being sent
let isTrying = false;

const ask = (event) => event.preventDefault();

const stop = () => {
  current?.abort();
  current = null;
  waiting.hidden = true;
  body.readOnly = false;
  form.removeAttribute("aria-busy");
  removeEventListener("beforeunload", ask);
};

// A full load of the conversation in place of this page: a new address with only another # isn't one.
const show = (message) => {
  stop();
  body.value = "";
  history.replaceState(null, "", new URL("../", form.action));
  location.replace(`${form.action}#message-${message}`);
};

// Whether the server got it: "sent", "refused", or null if there was no answer.
const post = async (signal) => {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  signal.addEventListener("abort", () => limit.abort());
  const request = { method: "POST", body: new FormData(form), redirect: "manual", signal: limit.signal };
  try {
    const answer = await fetch(form.action, request);
    if (answer.type === "opaqueredirect") return "sent"; // or signed out: the conversation asks to sign in
    return answer.status >= AWAY ? null : "refused";
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};

const attempt = async () => {
  if (!current || isTrying) return;
  isTrying = true;
  const { signal } = current;
  const message = form.elements.uuid.value;
  const outcome = await post(signal);
  isTrying = false;
  if (signal.aborted) return;
  if (outcome === "sent") return show(message);
  if (outcome === "refused") {
    stop();
    return form.submit();
  }
  waiting.hidden = false;
  addEventListener("beforeunload", ask);
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (current) return; // a second press
  current = new AbortController();
  body.readOnly = true;
  form.setAttribute("aria-busy", "true");
  attempt();
});
waiting.querySelector("button").addEventListener("click", () => {
  stop();
  body.focus();
  form.dispatchEvent(new Event("unsent"));
});
// It turned out to be sent already, by a try whose answer was lost or from another tab.
form.addEventListener("sent", stop);
addEventListener("online", attempt);
addEventListener("connected", attempt);
