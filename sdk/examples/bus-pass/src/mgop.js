// The client of the old gateway, as it is published, where pages look for it.
import { mgop } from "@aligov/jssdk-mgop";

window.mgop = mgop;
