// npm pack, npm publish: compile into an empty dist/, so that the package holds what the sources say and nothing older.
import { build } from "./checkout.mjs";

build();
