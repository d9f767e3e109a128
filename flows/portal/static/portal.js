// What is pleasant and not needed: every page reads and every act works without it.
"use strict";

// A file can be dropped anywhere on the counter's form.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const over = (is) => (event) => {
    event.preventDefault();
    form.classList.toggle("over", is);
  };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length === 1) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}

// Who fills in a day means that day.
for (const day of document.querySelectorAll("input[type=date][name=until]")) {
  day.addEventListener("input", () => (day.form.elements.how.value = day.value ? "day" : "to-end"));
}

// How many items are ticked, where the acts on them are.
const ticked = document.querySelector("[data-ticked]");
const count = () => {
  const number = document.querySelectorAll("input[name=item]:checked").length;
  ticked.textContent = number ? `(${ticked.dataset.ticked.replace("{}", number)})` : "";
};
if (ticked) {
  ticked.closest("form").addEventListener("change", count);
  count();
}

// One tick for all items of a page of the worklist.
for (const place of document.querySelectorAll("[data-tick-all]")) {
  const label = document.createElement("label");
  const tick = document.createElement("input");
  label.className = "choice";
  tick.type = "checkbox";
  tick.addEventListener("change", () => {
    for (const one of place.closest("form").querySelectorAll("input[name=item]")) one.checked = tick.checked;
    count();
  });
  label.append(tick, " ", place.dataset.tickAll);
  place.prepend(label);
}
