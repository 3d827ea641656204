"""Commands of `groundwire-codegen`, one module each, and what they share: options, inputs, the gate. Heavy imports wait until one runs."""
