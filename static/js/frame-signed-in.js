// The end of signing in for a frame: this window was opened for it and may go.

const button = document.querySelector("[data-close]");
button.removeAttribute("data-js");
button.addEventListener("click", () => window.close());
