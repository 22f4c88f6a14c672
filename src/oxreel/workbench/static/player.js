// Plays one video, or two with one timeline: frame by frame, in a loop, side by side or one over the other.

import { element, say } from "./dom.js";
import { GONE } from "./row.js";
import { icon, iconButton } from "./signs.js";

/** Frames a second of a video of which the hub has not said it. */
const USUAL_RATE = 24;
/** How far two videos may drift apart while they play, in frames. */
const DRIFT = 1.5;

let soundOn = false;
let playing = null;

/** 00:07:23 for frame 191 at 24 frames a second: minutes, seconds, frames. */
export function timecode(frame, rate) {
  const whole = Math.round(rate);
  const seconds = Math.floor(frame / whole);
  return [Math.floor(seconds / 60), seconds % 60, frame % whole].map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * `tracks` are one or two {label, url, poster, shape, rate, fresh()}; `rate` is frames a second, undefined where nobody
 * said; `fresh` gives the URL anew once the old one expired, or null when the file is gone. `layout` is "0" or "1" for one of them, "side" or "wipe" for both.
 */
export class Player {
  constructor(tracks, { label = "Video", layout = "0" } = {}) {
    this.frame = 0;
    this.rate = Math.max(...tracks.map((track) => track.rate ?? USUAL_RATE));
    this.tracks = tracks.map((track, index) => this.#track(track, index));
    this.videos = this.tracks.map((track) => track.video);
    this.#build(label);
    this.setLayout(layout);
    this.#sound();
    this.#show();
  }

  get frames() { return Math.max(...this.tracks.map((track) => this.#framesOf(track))); }

  get playing() { return playing === this; }

  get loops() { return this.loop.getAttribute("aria-pressed") === "true"; }

  /** The frames a second are known by now; the player stays where it stands. */
  setRate(rate) {
    const frame = Math.round((this.frame / this.rate) * rate);
    if (rate === this.rate) return;
    this.rate = rate;
    if (this.playing) this.frame = frame;
    else this.seek(frame);
    this.#show();
  }

  setLayout(layout) {
    this.layout = layout;
    this.node.dataset.layout = layout;
    this.wipe.parentElement.hidden = layout !== "wipe";
    for (const [index, track] of this.tracks.entries()) track.node.hidden = ["0", "1"].includes(layout) && layout !== String(index);
    this.#sound();
  }

  async play() {
    if (playing && playing !== this) playing.pause();
    playing = this;
    if (this.frame >= this.frames - 1) this.seek(0);
    const master = this.#master();
    for (const video of this.videos) if (video !== master && !ended(video, master.currentTime)) video.currentTime = master.currentTime;
    this.#playButton();
    try {
      await Promise.all(this.videos.map((video) => (ended(video, master.currentTime) ? null : video.play())));
    } catch (error) {
      if (error.name === "NotAllowedError") this.pause();
    }
  }

  pause() {
    if (playing === this) playing = null;
    for (const video of this.videos) video.pause();
    this.#playButton();
    this.seek(this.frame);
  }

  toggle() { return this.playing ? this.pause() : this.play(); }

  /** Stand on this frame; where one video is shorter, it stays on its last. */
  seek(frame) {
    this.frame = Math.max(0, Math.min(frame, this.frames - 1));
    for (const track of this.tracks) {
      // The middle of the frame: its edges belong to either, by rounding.
      track.wanted = (Math.max(0, Math.min(this.frame, this.#framesOf(track) - 1)) + 0.5) / this.rate;
      settle(track);
    }
    this.#show();
  }

  step(frames) {
    if (this.playing) this.pause();
    this.seek(this.frame + frames);
  }

  /** Let go of the videos: a browser has few connections to one hub. */
  destroy() {
    if (playing === this) playing = null;
    for (const video of this.videos) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
  }

  #track({ label, url, poster, shape, fresh }, index) {
    const video = element("video", { playsInline: true, preload: "metadata", muted: true });
    if (poster) video.poster = poster;
    const fault = element("p", { className: "fault", hidden: true });
    const tag = element("span", { className: "tag", textContent: label });
    const node = element("div", { className: "screen", "data-track": String(index) }, video, tag, fault);
    const track = { node, video, fault, wanted: null, renewed: false };
    if (shape) node.style.setProperty("--shape", shape);
    video.addEventListener("loadedmetadata", () => {
      if (video.videoWidth) node.style.setProperty("--shape", `${video.videoWidth} / ${video.videoHeight}`);
      if (this.frame > 0) this.seek(this.frame);
      this.#show();
    });
    video.addEventListener("seeked", () => settle(track));
    video.addEventListener("timeupdate", () => this.#onTime(video, Math.floor(video.currentTime * this.rate + 1e-3)));
    video.addEventListener("ended", () => this.#onEnded(video));
    video.addEventListener("error", async () => {
      if (!video.hasAttribute("src")) return;
      const renewed = track.renewed ? undefined : await fresh?.();
      track.renewed = true;
      if (renewed) {
        video.src = renewed;
        return;
      }
      fault.textContent = renewed === null
        ? GONE : "This browser cannot play the video. It can still be downloaded.";
      fault.hidden = false;
    });
    const watch = (_, { mediaTime }) => {
      this.#onTime(video, Math.round(mediaTime * this.rate));
      video.requestVideoFrameCallback(watch);
    };
    video.requestVideoFrameCallback?.(watch);
    node.addEventListener("click", (event) => { if (event.target === video) this.toggle(); });
    video.src = url;
    return track;
  }

  /** How many frames a track has; one while its length is not known. */
  #framesOf({ video }) {
    return Math.max(1, Math.round((Number.isFinite(video.duration) ? video.duration : 0) * this.rate));
  }

  #build(label) {
    this.wipe = element("input", { type: "range", min: 0, max: 100, value: 50, step: 1, "aria-label": "How much of the first video shows" });
    this.wipe.addEventListener("input", () => this.screens.style.setProperty("--wipe", `${this.wipe.value}%`));
    this.screens = element("div", { className: "screens" }, ...this.tracks.map((track) => track.node),
      element("div", { className: "wipe", hidden: true }, element("span", { className: "edge" }), this.wipe));
    const back = iconButton("back", "Previous frame (←)", () => this.step(-1));
    this.start = iconButton("play", "Play", () => this.toggle());
    const forward = iconButton("forward", "Next frame (→)", () => this.step(1));
    this.loop = iconButton("loop", "Loop", () => this.loop.setAttribute("aria-pressed", String(!this.loops)));
    this.loop.setAttribute("aria-pressed", "true");
    this.mute = iconButton("muted", "Sound", () => { soundOn = !soundOn; this.#sound(); });
    this.full = iconButton("full", "Full screen", () => this.#fullscreen());
    this.timeline = element("input", { type: "range", min: 0, max: 0, value: 0, step: 1, className: "timeline", "aria-label": "Frame" });
    this.timeline.addEventListener("input", () => { if (this.playing) this.pause(); this.seek(Number(this.timeline.value)); });
    this.time = element("span");
    this.count = element("span");
    // Where there is no room for both, they stand one below the other, each whole.
    this.clock = element("span", { className: "clock" }, this.time, " ", this.count);
    this.node = element("div", { className: "player", role: "group", "aria-label": label }, this.screens,
      element("div", { className: "transport" }, this.timeline,
        element("div", { className: "controls" }, back, this.start, forward, this.clock, this.loop, this.mute, this.full)));
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target === this.wipe) return;
    const far = event.shiftKey ? Math.round(this.rate) : 1;
    const steps = { arrowleft: -far, arrowright: far, home: -this.frame, end: this.frames, ",": -1, ".": 1 };
    const clicks = { k: this.start, l: this.loop, m: this.mute, f: this.full };
    if (!event.target.matches("button")) clicks[" "] = this.start;
    const key = event.key.toLowerCase();
    if (!(key in steps || key in clicks)) return;
    event.preventDefault();
    if (key in steps) this.step(steps[key]);
    else clicks[key].click();
  }

  #fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.node.requestFullscreen?.().catch(() => {});
  }

  /** Of two videos one is heard: the one that is shown, the second where both are. */
  #sound() {
    const heard = this.layout === "0" ? 0 : this.videos.length - 1;
    for (const [index, video] of this.videos.entries()) video.muted = !soundOn || index !== heard;
    this.mute.setAttribute("aria-pressed", String(soundOn));
    this.mute.replaceChildren(icon(soundOn ? "sound" : "muted"));
  }

  #playButton() {
    this.start.title = this.playing ? "Pause" : "Play";
    this.start.setAttribute("aria-label", this.start.title);
    this.start.replaceChildren(icon(this.playing ? "pause" : "play"));
  }

  /** The longer video leads. */
  #master() {
    return this.tracks.reduce((longest, track) => (this.#framesOf(track) > this.#framesOf(longest) ? track : longest)).video;
  }

  #onTime(video, frame) {
    if (!this.playing || video !== this.#master()) return;
    this.frame = Math.min(frame, this.frames - 1);
    for (const other of this.videos) {
      if (other === video || ended(other, video.currentTime) || other.seeking) continue;
      if (Math.abs(other.currentTime - video.currentTime) > DRIFT / this.rate) other.currentTime = video.currentTime;
    }
    this.#show();
  }

  #onEnded(video) {
    if (!this.playing || video !== this.#master()) return;
    this.frame = this.frames - 1;
    if (this.loops) this.play();
    else this.pause();
  }

  #show() {
    const { frame, frames } = this;
    this.timeline.max = Math.max(frames - 1, 1);
    this.timeline.value = frame;
    this.timeline.setAttribute("aria-valuetext", `frame ${frame + 1} of ${frames}`);
    say(this.time, timecode(frame, this.rate));
    say(this.count, `· ${frame + 1} / ${frames}`);
  }
}

/** Go where the track is wanted, once it is not on its way elsewhere. */
function settle(track) {
  const { video, wanted } = track;
  if (wanted === null || video.seeking || !video.paused || video.readyState === 0) return;
  if (Math.abs(video.currentTime - wanted) > 1e-3) video.currentTime = wanted;
}

function ended(video, seconds) {
  return Number.isFinite(video.duration) && seconds >= video.duration;
}

/** Start to play what just arrived, where motion is welcome. */
export function playSoftly(player) {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches && !document.hidden) player.play();
}
