// The helper at the end of the mail in the frame: tells the page that the mail is there.
parent.postMessage({ type: "ready" }, "*");
