// ⌘K: pages are filtered here, everything else is found by the server; arrows choose, Enter opens.

export default () => ({
  init() {
    this.$el.addEventListener("toggle", () => this.$el.open && this.reset());
    this.$el.addEventListener("htmx:afterSwap", () => this.choose(this.items[0]));
    this.$el.addEventListener("click", (event) => event.target.closest(".palette-item") && this.$root.close());
    new MutationObserver(() => this.$el.open && this.reset()).observe(this.$el, { attributeFilter: ["open"] });
  },

  get items() {
    const links = [...this.$refs.results.querySelectorAll("a")].filter((link) => !link.hidden);
    links.forEach((link, index) => {
      link.classList.add("palette-item");
      link.setAttribute("role", "option");
      link.tabIndex = -1;
      link.id ||= `palette-${index}-${Math.random().toString(36).slice(2, 7)}`;
    });
    return links;
  },

  get chosen() {
    return this.$refs.results.querySelector("[aria-selected=true]");
  },

  reset() {
    this.$refs.input.value = "";
    document.getElementById("palette-found").replaceChildren();
    this.filter();
    this.$refs.input.focus();
  },

  filter() {
    const words = this.$refs.input.value.trim().toLowerCase().split(/\s+/);
    for (const page of this.$refs.pages.querySelectorAll("a")) {
      page.hidden = !words.every((word) => page.dataset.words.includes(word));
    }
    this.choose(this.items[0]);
  },

  move(event) {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      const items = this.items;
      this.choose(items[(items.indexOf(this.chosen) + moves[event.key] + items.length) % items.length]);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      this.chosen?.click();
    }
  },

  choose(item) {
    this.chosen?.removeAttribute("aria-selected");
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.$refs.input.setAttribute("aria-activedescendant", item.id);
    else this.$refs.input.removeAttribute("aria-activedescendant");
  },
});
