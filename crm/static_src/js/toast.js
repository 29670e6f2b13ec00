// A toast leaves by itself, but not while somebody is at it, and later when it offers undo.

export default () => ({
  timer: null,

  init() {
    const stay = this.$el.querySelector("form") ? 12000 : 6000;
    const wait = () => (this.timer = setTimeout(() => this.dismiss(), stay));
    for (const kind of ["mouseenter", "focusin"]) this.$el.addEventListener(kind, () => clearTimeout(this.timer));
    for (const kind of ["mouseleave", "focusout"]) this.$el.addEventListener(kind, wait);
    wait();
  },

  dismiss() {
    clearTimeout(this.timer);
    this.$root.remove();
  },

  // Removed only after htmx has taken the form's values.
  dismissSoon() {
    setTimeout(() => this.dismiss(), 50);
  },
});
