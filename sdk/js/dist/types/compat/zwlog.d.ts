/**
 * `ZwLog` 1.0 and `aplus_queue` for old pages: views and events are counted by our own platform.
 *
 * Who it was, by what device and with which words is dropped here: nothing of `_user_id`, `_user_nick` or the
 * parameters of an event leaves the page.
 */
export {};
