// A page of the old gateway: all it knows is the client, as it is published.
import { mgop } from "@aligov/jssdk-mgop";

window.ask = (api, data, header) =>
  new Promise((settle) => {
    mgop({
      api,
      data,
      header,
      host: location.origin,
      onSuccess: (said) => settle(JSON.stringify({ well: said })),
      onFail: (said) => settle(JSON.stringify({ ill: said })),
    });
  });

window.enter = (token) =>
  new Promise((settle) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/h5/enter");
    request.setRequestHeader("content-type", "application/json");
    request.onloadend = () => settle(JSON.stringify(request.status));
    request.send(JSON.stringify({ token }));
  });

window.spoil = () => {
  document.cookie = "_mgw_tk=00000000_1; Path=/; Secure; SameSite=None; Partitioned";
  return Promise.resolve("null");
};
