// Moves the focus to what went wrong: an error summary, or whatever a page marks with data-focus.
document.querySelector("[data-focus], .error-summary")?.focus();
