// Validators in libraries that take a Standard Schema, in a project that has no types of it: a compiler infers what they are of.
import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { FormApi } from "@tanstack/form-core";
import { initTRPC } from "@trpc/server";
import { validator } from "hono/validator";
import { createFormControl } from "react-hook-form";
import { check, type SyncLipsyncV2, syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { validate } from "scenario-models/validators/sync-lipsync-v2";

const { procedure, router } = initTRPC.create();
export const api = router({
  run: procedure.input(validate).mutation(({ input }) => {
    const video: string = input.video;
    const wrong: number = input.temperature; // error: it may be undefined
    return [syncLipsyncV2(input), video, wrong];
  }),
});

const { handleSubmit, register } = createFormControl<SyncLipsyncV2>({ resolver: standardSchemaResolver(check) });
register("temperature", { valueAsNumber: true });
register("temprature"); // error: no parameter
export const submit = handleSubmit((values) => syncLipsyncV2(values));

const defaultValues: Partial<SyncLipsyncV2> = { syncMode: "loop" };
export const form = new FormApi({ defaultValues, validators: { onChange: check, onSubmit: check } });

export const parse = validator("form", (values) => {
  const found = check["~standard"].validate(values);
  if (found.issues) throw new Error(found.issues[0]?.message);
  return syncLipsyncV2(found.value);
});
