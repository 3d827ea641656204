"""The commands of `groundwire-codegen`, one module each, with shared options and inputs. Imports are lazy."""
