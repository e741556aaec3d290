/** A job whose writes are fenced. */
@org.jspecify.annotations.NullMarked
package dev.belfry.examples.fenced;
