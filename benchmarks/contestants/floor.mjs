// The floor: validators of the models of `models.py` as one would write them by hand, for nothing but these.

const MODES = new Set(["fast", "balanced", "best"]);
const STYLES = new Set(["photo", "drawing", "painting", "pixels", "comic", "render", "sketch", "poster"]);
const SCHEDULERS = new Set(["ddim", "euler", "euler-a", "heun", "lms", "pndm"]);
const FORMATS = new Set(["png", "jpeg", "webp"]);
const SIX = ["prompt", "image", "mode", "strength", "tile", "references"];
const TWELVE = [...SIX, "negativePrompt", "width", "height", "style", "seed", "guidance"];
const TWENTY = [...TWELVE, "scheduler", "steps", "mask", "maskStrength", "outputFormat", "upscale", "webhook", "tags"];
const [NAMES_6, NAMES_12, NAMES_20] = [new Set(SIX), new Set(TWELVE), new Set(TWENTY)];

const isText = (value, least, most) => typeof value === "string" && codePoints(value, least, most);
const isIn = (value, least, most) => typeof value === "number" && value >= least && value <= most;

// A text has at most as many code points as units, and at least half as many: most are known by their length.
function codePoints(text, least, most) {
  if (text.length <= most && text.length >= 2 * least) return true;
  let count = 0;
  for (const _ of text) count++;
  return count >= least && count <= most;
}

function texts(at, values, problems) {
  for (let index = 0; index < values.length; index++) {
    if (typeof values[index] !== "string") problems.push({ pointer: `${at}/${index}`, message: "must be a text" });
  }
}

function first(payload, problems) {
  const { prompt, image, mode, strength, tile, references } = payload;
  if (prompt === undefined) problems.push({ pointer: "/prompt", message: "prompt is required" });
  else if (!isText(prompt, 1, 2000)) problems.push({ pointer: "/prompt", message: "must be a text of 1 to 2000 characters" });
  if (image === undefined) problems.push({ pointer: "/image", message: "image is required" });
  else if (typeof image !== "string") problems.push({ pointer: "/image", message: "must be a text" });
  if (mode !== undefined && !MODES.has(mode)) problems.push({ pointer: "/mode", message: "must be one of the modes" });
  if (strength !== undefined && !isIn(strength, 0, 1)) problems.push({ pointer: "/strength", message: "must be between 0 and 1" });
  if (tile !== undefined && typeof tile !== "boolean") problems.push({ pointer: "/tile", message: "must be a boolean" });
  if (references !== undefined) {
    if (!Array.isArray(references) || references.length < 1 || references.length > 4) {
      problems.push({ pointer: "/references", message: "must be an array of 1 to 4 elements" });
    } else texts("/references", references, problems);
  }
}

function second(payload, problems) {
  const { negativePrompt, width, height, style, seed, guidance } = payload;
  if (negativePrompt !== undefined && !isText(negativePrompt, 0, 2000)) problems.push({ pointer: "/negativePrompt", message: "must be a text of up to 2000 characters" });
  if (width !== undefined && !isIn(width, 256, 2048)) problems.push({ pointer: "/width", message: "must be between 256 and 2048" });
  if (height !== undefined && !isIn(height, 256, 2048)) problems.push({ pointer: "/height", message: "must be between 256 and 2048" });
  if (style !== undefined && !STYLES.has(style)) problems.push({ pointer: "/style", message: "must be one of the styles" });
  if (seed !== undefined && !isIn(seed, 0, 2147483647)) problems.push({ pointer: "/seed", message: "must be between 0 and 2147483647" });
  if (guidance !== undefined && !isIn(guidance, 1, 20)) problems.push({ pointer: "/guidance", message: "must be between 1 and 20" });
}

function third(payload, problems) {
  const { scheduler, steps, mask, maskStrength, outputFormat, upscale, webhook, tags } = payload;
  if (scheduler !== undefined && !SCHEDULERS.has(scheduler)) problems.push({ pointer: "/scheduler", message: "must be one of the schedulers" });
  if (steps !== undefined && !isIn(steps, 1, 50)) problems.push({ pointer: "/steps", message: "must be between 1 and 50" });
  if (mask !== undefined && typeof mask !== "string") problems.push({ pointer: "/mask", message: "must be a text" });
  if (maskStrength !== undefined && !isIn(maskStrength, 0, 1)) problems.push({ pointer: "/maskStrength", message: "must be between 0 and 1" });
  if (outputFormat !== undefined && !FORMATS.has(outputFormat)) problems.push({ pointer: "/outputFormat", message: "must be one of the formats" });
  if (upscale !== undefined && typeof upscale !== "boolean") problems.push({ pointer: "/upscale", message: "must be a boolean" });
  if (webhook !== undefined && !isText(webhook, 0, 200)) problems.push({ pointer: "/webhook", message: "must be a text of up to 200 characters" });
  if (tags !== undefined) {
    if (!Array.isArray(tags) || tags.length > 8) problems.push({ pointer: "/tags", message: "must be an array of up to 8 elements" });
    else texts("/tags", tags, problems);
  }
}

function unknown(payload, names, problems) {
  for (const name in payload) if (!names.has(name)) problems.push({ pointer: `/${name}`, message: `${name} is unknown` });
}

export const CHECKS = {
  6: (payload) => {
    const problems = [];
    first(payload, problems);
    unknown(payload, NAMES_6, problems);
    return problems;
  },
  12: (payload) => {
    const problems = [];
    first(payload, problems);
    second(payload, problems);
    unknown(payload, NAMES_12, problems);
    return problems;
  },
  20: (payload) => {
    const problems = [];
    first(payload, problems);
    second(payload, problems);
    third(payload, problems);
    unknown(payload, NAMES_20, problems);
    return problems;
  },
};
