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

// What was typed for an act stands there again until it is noted: a session that ended, or a refusal, costs no words.
const account = document.querySelector(".who a[href='/password']")?.textContent;
for (const form of document.querySelectorAll("main form[method=post]:not([action='/sign-in'])")) {
  form.addEventListener("submit", () => {
    const fields = [...form.querySelectorAll("input:not([type]), textarea")].map((one) => [one.name, one.value]);
    sessionStorage.setItem("typed", JSON.stringify({ account, action: form.getAttribute("action"), fields }));
  });
}
if (!document.querySelector(".fault")) {
  const typed = JSON.parse(sessionStorage.getItem("typed") || "{}");
  sessionStorage.removeItem("typed");
  const form = document.querySelector(`main form[action="${CSS.escape(typed.action || "")}"]`);
  if (form && typed.account === account && !document.querySelector(".told")) {
    for (const [name, value] of typed.fields) form.elements[name].value = value;
  }
}
