// Shows what a passkey can open, where passkeys can work, and says on the page when one failed or was
// canceled: allauth's script only tells the console.
const isAddress = /^[\d.]+$|^\[/.test(location.hostname); // a passkey belongs to a name
const usable = Boolean(window.PublicKeyCredential) && !isAddress;
for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = !usable;

const message = document.querySelector("[data-passkey-failed]");
document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // it is said here
  message.textContent = ""; // so that a second failure is read out too
  setTimeout(() => { message.textContent = message.dataset.passkeyFailed; }, 100);
});
