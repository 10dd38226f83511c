// Shows the passkey buttons if passkeys can work here, and says on the page when one failed or was
// canceled: allauth's script only logs it to the console.
const isAddress = /^[\d.]+$|^\[/.test(location.hostname); // a passkey belongs to a host name
const usable = Boolean(window.PublicKeyCredential) && !isAddress;
for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = !usable;

const message = document.querySelector("[data-passkey-failed]");
document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // we say it here
  message.textContent = ""; // so screen readers read a second failure too
  setTimeout(() => { message.textContent = message.dataset.passkeyFailed; }, 100);
});
