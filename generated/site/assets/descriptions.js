// What the documentation says of each model and its parameters in words, in the order of the rows; the search loads it when it is first used.
window.descriptions = [
["Use React-1 from SyncLabs to refine human emotions and do realistic lip-sync without losing details!","Input video file","Input audio file. Maximum duration is 15 seconds.","Emotion prompt for the generation.","Controls the edit region and movement scope for the model. Available options: “lips”: Only lipsync using react-1 (minimal facial changes). “face”: Lipsync + facial expressions without head movements. “head”: Lipsync + facial expressions + natural talking head movements.","Lipsync mode when audio and video durations are out of sync.","How expressive lipsync can be (0-1)"],
["","Input video file","Input audio file","Lipsync mode when audio and video durations are out of sync","How expressive lipsync can be (0-1)"],
["","Input video file","Input audio file","Lipsync mode when audio and video durations are out of sync","How expressive lipsync can be (0-1)","Whether to detect active speaker (i.e. whoever is speaking in the clip will be used for lipsync)"],
["Sync-3 lipsync model for professional-quality video lip synchronization.","Input video file.","Input audio file.","Lipsync mode when audio and video durations are out of sync."],
];
