/** What a Java service embeds: the entry to Belfry, and the types that user code implements and is given. */
@org.jspecify.annotations.NullMarked
package dev.belfry.agent;
