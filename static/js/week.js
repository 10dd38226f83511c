// Arrow keys in a week of times: up and down within a day, left and right to the closest time on the
// next day that has one, Home and End within the day. Tab still reaches every time.
const timesOf = (day) => [...day.querySelectorAll("button.slot:not([disabled]), a.slot")];

const beside = (slot, day, step) => {
  const days = [...day.parentElement.querySelectorAll(".day")].filter((each) => each === day || timesOf(each).length);
  const next = days[days.indexOf(day) + step];
  if (!next) return null;
  const band = slot.closest(".band");
  const place = [...day.querySelectorAll(".band")].indexOf(band);
  const row = timesOf(band).indexOf(slot);
  const same = timesOf(next.querySelectorAll(".band")[place]);
  if (same.length) return same[Math.min(row, same.length - 1)];
  // No time in the same band: take the closest, the last in earlier bands or the first in later ones.
  const bands = [...next.querySelectorAll(".band")].map(timesOf);
  const earlier = bands.slice(0, place).flat().at(-1);
  const later = bands.slice(place + 1).flat()[0];
  return place === 2 ? earlier ?? later : later ?? earlier;
};

const target = (key, slot) => {
  const day = slot.closest(".day");
  const times = timesOf(day);
  const place = times.indexOf(slot);
  switch (key) {
    case "ArrowUp": return times[place - 1];
    case "ArrowDown": return times[place + 1];
    case "ArrowLeft": return beside(slot, day, -1);
    case "ArrowRight": return beside(slot, day, 1);
    case "Home": return times[0];
    case "End": return times.at(-1);
    default: return null;
  }
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const slot = event.target.closest(".week .slot");
  const next = slot && target(event.key, slot);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
