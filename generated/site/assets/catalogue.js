// What the search knows of each model, in the order of the rows: title, id, provider, capabilities, what goes in and comes out, the day of its last change, then each parameter with its place on the page, 0 where it is the name, and its choices.
window.catalogue = [
["Sync Lipsync React-1","model_sync-lipsync-react-1","Sync Labs",["video2video"],["video", "audio"],["video"],"2026-04-09",["video",0],["audio",0],["emotion",0,"happy","angry","sad","neutral","disgusted","surprised"],["modelMode",0,"lips","face","head"],["lipsyncMode",0,"loop","bounce","cut_off","silence","remap"],["temperature",0]],
["Sync Lipsync v2","model_sync-lipsync-v2","Sync Labs",["video2video"],["video", "audio"],["video"],"2026-04-09",["video",0],["audio",0],["syncMode",0,"loop","bounce","cut_off","silence","remap"],["temperature",0]],
["SYNC Lipsync v2 Pro","model_sync-lipsync-v2-pro","Sync Labs",["video2video"],["video", "audio"],["video"],"2026-04-09",["video",0],["audio",0],["syncMode",0,"loop","bounce","cut_off","silence","remap"],["temperature",0],["activeSpeaker",0]],
["Sync-3 Lipsync","model_sync-lipsync-v3","Sync Labs",["video2video"],["video", "audio"],["video"],"2026-04-09",["video",0],["audio",0],["syncMode",0,"cut_off","loop","bounce","silence","remap"]],
];

// The names of parameters, each with its slug, the number of models that take it, and its other spellings.
window.names = [
["activeSpeaker","activespeaker",1],
["audio","audio",4],
["emotion","emotion",1],
["lipsyncMode","lipsyncmode",1],
["modelMode","modelmode",1],
["syncMode","syncmode",3],
["temperature","temperature",3],
["video","video",4],
];
