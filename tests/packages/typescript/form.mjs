/** A form in a page, built from the facts about the parameters of a model alone: what a user of `loadParameters` would write. */

const SEVERAL = new Set(["array", "object"]); // written as JSON
const ACCEPTED = {
  "3d": ".glb,.obj,.stl,.fbx",
  audio: "audio/*",
  image: "image/*",
  "image-hdr": ".hdr,.exr",
  text: "text/*",
  video: "video/*",
};

/** Build a form in a document; its controls have the names of the parameters. */
export function buildForm(document, parameters) {
  const form = document.createElement("form");
  const groups = new Map();
  for (const one of parameters) {
    const title = one.group ?? "";
    if (!groups.has(title)) {
      const fieldset = form.appendChild(document.createElement("fieldset"));
      if (title) fieldset.appendChild(document.createElement("legend")).textContent = title;
      groups.set(title, fieldset);
    }
    const label = groups.get(title).appendChild(document.createElement("label"));
    label.textContent = (one.label ?? one.name) + (one.changesPrice ? " (changes the price)" : "");
    label.title = one.hint ?? one.description ?? "";
    label.append(controlOf(document, one));
  }
  form.addEventListener("input", () => requireOthers(form, parameters));
  requireOthers(form, parameters);
  return form;
}

const choicesOf = ({ choices, items }) => (choices.length ? choices : (items?.choices ?? []));

function controlOf(document, one) {
  const { rules, jsonTypes: types } = one;
  const choices = choicesOf(one);
  const isList = types.includes("array");
  const element = choices.length
    ? "select"
    : types.some((type) => SEVERAL.has(type)) && !one.isFile
      ? "textarea"
      : "input";
  const control = document.createElement(element);
  control.name = one.name;
  if (choices.length) {
    control.multiple = isList;
    if (!isList) control.add(new document.defaultView.Option("", ""));
    for (const { value, label } of choices) control.add(new document.defaultView.Option(label, JSON.stringify(value)));
    if (one.default !== undefined)
      for (const option of control.options)
        option.selected = [one.default]
          .flat()
          .map((value) => JSON.stringify(value))
          .includes(option.value);
  } else if (one.isFile) {
    control.type = "file";
    control.multiple = isList;
    control.accept = ACCEPTED[one.kind] ?? "";
  } else if (types[0] === "boolean") {
    control.type = "checkbox";
    control.checked = one.default === true;
  } else {
    if (types.every((type) => type === "number" || type === "integer") && types.length) {
      control.type = "number";
      control.min = rules.minimum ?? "";
      control.max = rules.maximum ?? "";
      control.step = rules.multipleOf ?? (types[0] === "integer" ? 1 : "any");
    }
    if (element === "input" && rules.maxLength !== undefined) control.maxLength = rules.maxLength;
    if (typeof one.annotations["x-placeholder"] === "string") control.placeholder = one.annotations["x-placeholder"];
    if (one.default !== undefined) control.value = element === "textarea" ? JSON.stringify(one.default) : one.default;
  }
  return control;
}

/** Let the controls be required that are so, with what is given now. */
function requireOthers(form, parameters) {
  const given = new Set(Object.keys(readForm(form, parameters)));
  const isThere = (names) => names.every((name) => given.has(name));
  for (const one of parameters)
    if (form.elements.namedItem(one.name).type !== "checkbox")
      form.elements.namedItem(one.name).required =
        one.isRequired ||
        one.requiredWith.some((name) => given.has(name)) ||
        one.requiredUnless.some((group) => !group.some(isThere));
}

/** Read the parameters that are filled in, as a request has them. */
export function readForm(form, parameters) {
  const given = {};
  for (const one of parameters) {
    const { name, jsonTypes: types, isFile } = one;
    const choices = choicesOf(one);
    const control = form.elements.namedItem(name);
    const isList = types.includes("array");
    if (control.type === "checkbox") given[name] = control.checked;
    else if (isFile && !choices.length) {
      if (control.files.length) given[name] = isList ? [...control.files] : control.files[0];
    } else if (choices.length && isList) {
      if (control.selectedOptions.length)
        given[name] = Array.from(control.selectedOptions, (option) => JSON.parse(option.value));
    } else if (control.value !== "") {
      const isJson = choices.length || control.type !== "text";
      given[name] = isJson || types[0] !== "string" ? JSON.parse(control.value) : control.value;
    }
  }
  return given;
}
