// The few pictures on the buttons, as paths in a square of 24.

const PATHS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M7 5h2.5v14H7zM19 5v14L10 12z",
  forward: "M5 5v14l9-7zM14.5 5H17v14h-2.5z",
  loop: "M17 3l4 4-4 4V8H7v4H5V6h12zM7 21l-4-4 4-4v3h10v-4h2v6H7z",
  sound: "M4 9v6h4l5 4V5L8 9zM15.5 8.5a5 5 0 0 1 0 7l-1.3-1.3a3.2 3.2 0 0 0 0-4.4zM18 6a8.5 8.5 0 0 1 0 12l-1.3-1.3a6.6 6.6 0 0 0 0-9.4z",
  muted: "M4 9v6h4l5 4V5L8 9zM22 9.4L20.6 8 18.5 10.1 16.4 8 15 9.4 17.1 11.5 15 13.6 16.4 15 18.5 12.9 20.6 15 22 13.6 19.9 11.5z",
  full: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  close: "M6.4 5L12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z",
  grid: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  list: "M4 5h16v2.5H4zM4 10.7h16v2.5H4zM4 16.5h16V19H4z",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  return change(svg, name);
}

/** Another picture in the same place. */
export function change(svg, name) {
  svg.firstChild.setAttribute("d", PATHS[name]);
  return svg;
}
