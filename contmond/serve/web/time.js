// SPDX-License-Identifier: GPL-2.0-only
//
// Which part of time the charts show: the last minutes, or a part of the past.

class TimeBar {
  constructor(root) {
    const choices = SPANS.map((minutes) => {
      const input = element("input");
      Object.assign(input, { type: "radio", name: "span", value: minutes });
      input.addEventListener("change", () => {
        storage.set("span", minutes);
        goTo({ span: minutes, from: null, to: null, at: null });
      });
      return element("label", "", input, element("span", "", span(minutes * 60)));
    });
    this.inputs = choices.map((label) => label.firstChild);
    this.part = element("p", "hint");
    this.moves = element("div", "moves",
      this.button("‹", "Earlier", () => this.move(-1)),
      this.button("−", "A longer time", () => this.stretch(0.5)),
      this.button("›", "Later", () => this.move(1)),
      this.button("live", "Back to the present", () => goTo({ from: null, to: null, at: null })));
    root.append(this.part, this.moves, element("fieldset", "range",
      element("legend", "", "Time span"), ...choices));
  }

  button(text, title, act) {
    const button = element("button", "", text);
    Object.assign(button, { type: "button", title });
    button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
    return button;
  }

  move(direction) {
    const by = direction * (view.to - view.from) / 2;
    goTo({ from: Math.max(0, view.from + by), to: view.to + by, at: null });
  }

  stretch(share) {
    const by = share * (view.to - view.from);
    goTo({ from: Math.max(0, view.from - by), to: view.to + by, at: null });
  }

  show() {
    const live = view.from === null;
    for (const input of this.inputs) input.checked = live && Number(input.value) === view.span;
    this.moves.hidden = live;
    setText(this.part, live ? "Drag to zoom, click for what ran then; or use arrow keys and Enter."
      : `${moment(view.from)} to ${moment(view.to)}`);
  }
}
