/** {@code belfry up}: a whole cluster on this machine, in JVMs of its own, with live progress. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.up;
