// What is pleasant and not needed: every page reads and every act works without it.
"use strict";

// One tick for all items of a page of the worklist.
for (const place of document.querySelectorAll("[data-tick-all]")) {
  const label = document.createElement("label");
  const tick = document.createElement("input");
  label.className = "choice";
  tick.type = "checkbox";
  tick.addEventListener("change", () => {
    for (const one of place.closest("form").querySelectorAll("input[name=item]")) one.checked = tick.checked;
  });
  label.append(tick, " ", place.dataset.tickAll);
  place.prepend(label);
}
