import { parameters } from "scenario-models/parameters/sync-lipsync-v2";

import { LipsyncForm } from "./form";
import { Visitor } from "./visitor";

export default function Page() {
  const modes = parameters.find((one) => one.name === "syncMode")!.choices;
  return (
    <>
      <LipsyncForm modes={modes.map(({ value, label = String(value) }) => ({ value: String(value), label }))} />
      <Visitor />
    </>
  );
}
