// Select rows of this page (Shift for a range), then all results of the list; the bar says how many.

export default () => ({
  chosen: 0,
  all: false,
  last: null,

  init() {
    this.$el.addEventListener("click", (event) => {
      const box = event.target.closest("input[name=ids]");
      if (box) this.range(box, event.shiftKey);
    });
    this.count();
  },

  get boxes() {
    return [...this.$root.querySelectorAll("input[name=ids]")];
  },

  get open() {
    return this.chosen > 0;
  },

  get offersAll() {
    return !this.all && this.chosen === this.boxes.length && this.chosen < Number(this.$root.dataset.total);
  },

  get label() {
    const words = this.$root.querySelector(".bulk-bar output").dataset;
    const spell = (count) => new Intl.NumberFormat(document.documentElement.lang).format(count);
    if (this.all) return words.all.replace("{n}", spell(Number(this.$root.dataset.total)));
    return this.chosen === 1 ? words.one : words.many.replace("{n}", spell(this.chosen));
  },

  range(box, extends_) {
    const boxes = this.boxes;
    if (extends_ && this.last) {
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const between of boxes.slice(Math.max(0, from), to + 1)) between.checked = box.checked;
    }
    this.last = box;
  },

  count(event) {
    const page = this.$root.querySelector("[data-all-rows]");
    if (event?.target === page) for (const box of this.boxes) box.checked = page.checked;
    this.chosen = this.boxes.filter((box) => box.checked).length;
    if (this.chosen < this.boxes.length) this.setAll(false);
    if (!page) return;
    page.checked = this.chosen > 0 && this.chosen === this.boxes.length;
    page.indeterminate = this.chosen > 0 && !page.checked;
  },

  selectAll() {
    this.setAll(true);
  },

  clear() {
    for (const box of this.boxes) box.checked = false;
    this.setAll(false);
    this.count();
  },

  setAll(value) {
    this.all = value;
    this.$refs.all.value = value ? "1" : "";
  },
});
