// Tells the server the browser's time zone in the cookie "zone". If the server didn't know that zone
// yet, it reloads a page that shows times (data-zone-aware) once.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = document.cookie.split("; ").find((pair) => pair.startsWith("zone="))?.slice(5);

if (zone && known !== zone) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  if (document.querySelector("[data-zone-aware]") && !sessionStorage.getItem("zone-sent")) {
    sessionStorage.setItem("zone-sent", "yes");
    location.reload();
  }
}
