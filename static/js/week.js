// Arrow keys in a week of times: up and down within a day, left and right to the nearest time of the
// next day that has one, Home and End within the day. Tab still reaches every time.
const week = document.querySelector(".week");

const timesOf = (day) => [...day.querySelectorAll("button.slot:not([disabled]), a.slot")];

const beside = (slot, day, step) => {
  const days = [...week.querySelectorAll(".day")].filter((each) => each === day || timesOf(each).length);
  const next = days[days.indexOf(day) + step];
  if (!next) return null;
  const bands = [...day.querySelectorAll(".band")];
  const band = slot.closest(".band");
  const place = bands.indexOf(band);
  const row = timesOf(band).indexOf(slot);
  const nextBands = [...next.querySelectorAll(".band")].map(timesOf);
  // The same band; else the nearest that has a time, the earlier first.
  const reach = nextBands.map((times, index) => [Math.abs(index - place), index, times]);
  const [, , times] = reach.filter(([, , some]) => some.length).sort((a, b) => a[0] - b[0] || a[1] - b[1])[0];
  return times[Math.min(row, times.length - 1)];
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

week?.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const slot = event.target.closest(".slot");
  const next = slot && target(event.key, slot);
  if (!next) return;
  event.preventDefault();
  next.focus();
});
