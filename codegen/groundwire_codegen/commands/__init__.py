"""Commands of `groundwire-codegen`, one module each; heavy imports wait until a command runs."""
