// A list is not drawn anew while somebody is choosing in it: ticks, open questions and the focus would be lost.
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  if (part.id !== "live") return;
  const isInUse = part.contains(document.activeElement) || part.querySelector("input:checked, details[open]");
  if (isInUse) event.preventDefault();
});
