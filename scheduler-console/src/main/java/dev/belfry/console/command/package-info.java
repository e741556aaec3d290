/** What operators change: definitions applied, commands sent. The only part of the console that writes. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.command;
